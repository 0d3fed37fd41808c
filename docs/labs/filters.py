# %% [markdown]
# # Filters on a photograph
#
# A kernel is a small picture of what it looks for. This lab slides a few over a real photograph.
# The blur is $w_{ab} = 1/9$. See [Convolution](../index.md).
#
# $$y_j = \sum_a x_{j+a} w_a$$

# %%
import matplotlib.cbook as cbook
import matplotlib.pyplot as plt

with cbook.get_sample_data("grace_hopper.jpg") as file:
    photo = plt.imread(file).mean(axis=2)[:512:2, :512:2]
print(photo.shape)

# %% alt="A grey photograph of a woman in uniform."
plt.figure(figsize=(3, 3))
plt.imshow(photo)
plt.axis("off")
plt.show()
